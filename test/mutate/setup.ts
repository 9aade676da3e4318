import * as fc from "../properties.ts";

// Properties spend no time on what has failed, nor much on what has not.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true, interruptAfterTimeLimit: 500 });
