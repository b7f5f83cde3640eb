/** What people see of the jobs: alerts in a terminal, messages to other systems, a report. It reads topics and tables, and changes neither. */
package io.touchstone.desk;
