/** Alerts in a terminal: as they come, as a list, and the whole story of one. */
package io.touchstone.desk.alerts;
