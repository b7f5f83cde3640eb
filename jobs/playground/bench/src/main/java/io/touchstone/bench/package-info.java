/** What an event costs: ceilings, the jobs, and what a user would pick instead, on the same events. */
package io.touchstone.bench;
