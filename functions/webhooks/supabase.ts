import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import supabase from "#lib/sources/supabase/index.ts";

export const handler = webhook(supabase, receivePorts);
