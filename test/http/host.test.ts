import { expect, it } from "vitest";
import { readHost } from "#lib/http/host.ts";

it.each([
  "https://api.example.com",
  "https://api.example.com/",
  "https://api.example.com:8443",
  "https://api.example.com/authing",
  "http://localhost:3001",
  "http://127.0.0.1:3001",
  "http://127.255.0.7",
  "http://[::1]:3001",
])("%s is a host", (address) => {
  expect(readHost(address)?.href).toBe(new URL(address).href);
});

it.each([
  "http://api.example.com",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "http://[::2]",
  "https://api.example.com?x=1",
  "https://api.example.com?",
  "https://api.example.com#x",
  "https://api.example.com#",
  "https://user@api.example.com",
  "https://user:password@api.example.com",
  "ftp://localhost",
  "file:///etc/passwd",
  "//api.example.com",
  "api.example.com",
  "",
])("%s is no host", (address) => {
  expect(readHost(address)).toBeUndefined();
});
