import { localParked } from "#infra/local/parked.ts";
import { parkedSuite } from "./parked.ts";

parkedSuite("of a laptop", localParked);
