import { localShelf } from "#infra/local/shelf.ts";
import { shelfSuite } from "./shelf.ts";

shelfSuite("of a laptop", localShelf);
