import { localShelf } from "#local/shelf.ts";
import { shelfSuite } from "./shelf.ts";

shelfSuite("of a laptop", localShelf);
