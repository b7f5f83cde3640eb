/** Whether the alert topics hold what table alert_revision says, and how to mend them. */
package io.touchstone.io.reconcile;
