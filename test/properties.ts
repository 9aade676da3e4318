import * as fc from "fast-check";

// Every property test takes fast-check from here. It draws the same values in each run, so that what fails is the fault of the change that is
// tested; `SEED=2` draws others.

fc.configureGlobal({ seed: Number(process.env["SEED"] ?? 20_261_127), ...fc.readConfigureGlobal() });

export * from "fast-check";
