import { suiteOfShare } from "./source-shares.ts";

suiteOfShare(1);
