// The senders' events about the person 10010 in journeys.

/** BambooHR: the person was hired, or another event with an `action` in `over`. */
export const hired = (over: object = {}, fields: object = {}) => ({
  employees: [
    {
      id: "10010",
      action: "Created",
      fields: {
        "First Name": { value: "三" },
        "Last Name": { value: "张" },
        "Work Email": { value: "San.Zhang@example.com" },
        "Mobile Phone": { value: "138 0013 8000" },
        Status: { value: "Active" },
        ...fields,
      },
      ...over,
    },
  ],
});

/** Clerk: an event of a user whose `external_id` is 10010, now. */
export const clerkUser = (type: string, over: object = {}) => ({
  type,
  timestamp: Date.now(),
  data: {
    id: "user_1",
    external_id: "10010",
    first_name: "三",
    last_name: "张",
    primary_email_address_id: "e1",
    email_addresses: [
      { id: "e0", email_address: "old@example.com", verification: { status: "verified" } },
      { id: "e1", email_address: "san.zhang@example.com", verification: { status: "verified" } },
    ],
    ...over,
  },
});
