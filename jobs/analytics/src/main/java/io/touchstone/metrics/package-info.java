/** What the jobs say of themselves, for dashboards and alerting rules. */
package io.touchstone.metrics;
