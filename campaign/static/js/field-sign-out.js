// On the sign-in page: what the field mode has sent is deleted from this browser; what waits stays.

import { clearSent, exists } from "./field-store.js";

try {
  if (await exists()) await clearSent();
} catch { /* this browser stores nothing */ }
