import { memoryParked } from "../memory/parked.ts";
import { parkedSuite } from "./parked.ts";

parkedSuite("in memory", memoryParked);
