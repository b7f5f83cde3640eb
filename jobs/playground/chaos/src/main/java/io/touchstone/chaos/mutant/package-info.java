/**
 * The jobs with one thing wrong. They are classes of this module only, put beside the jobs' own into a jar of a run's folder: no
 * option of a production jar leads to them.
 */
package io.touchstone.chaos.mutant;
