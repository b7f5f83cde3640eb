/** The business numbers: immutable, checking themselves, free of wiring. Defaults and ranges are those of {@code conf/policy.yaml}. */
package io.touchstone.policy;
