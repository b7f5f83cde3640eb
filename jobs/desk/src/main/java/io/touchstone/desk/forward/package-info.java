/** Alerts for other systems: which revision goes to whom, when, with whom, and again if nobody took it. */
package io.touchstone.desk.forward;
