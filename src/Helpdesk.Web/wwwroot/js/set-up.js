// Proposes the time zone of whoever sets the desk up. The page is complete without it.
"use strict";

const zones = document.querySelector("select[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones && [...zones.options].some(option => option.value === own)) zones.value = own;
