import csv from "./csv/index.ts";
import type { Format } from "./format.ts";
import json from "./json/index.ts";
import jsonLines from "./json-lines/index.ts";
import otpauth from "./otpauth/index.ts";
import pskc from "./pskc/index.ts";
import xlsx from "./xlsx/index.ts";
import yaml from "./yaml/index.ts";

/** The formats that are read. The first one that recognises a file reads it: what is written by strict rules comes before CSV, which any text may be. */
export const formats: readonly Format[] = [xlsx, pskc, otpauth, jsonLines, json, yaml, csv];
