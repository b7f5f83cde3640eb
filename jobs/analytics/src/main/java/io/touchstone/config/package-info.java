/** Options (wiring) and the policy's file: every key typed, with its default, checked at start. */
package io.touchstone.config;
