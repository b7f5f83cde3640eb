/**
 * Breaks a cluster on purpose and looks whether anything was lost or doubled: {@code scripts/chaos}.
 *
 * <p>A test is a {@link io.touchstone.chaos.FaultTest}: one fault, one invariant, and a mutant, which is a change of behaviour that
 * the test has to catch. To add one:
 *
 * <ol>
 *   <li>write the class, in {@code io.touchstone.chaos.faults}; {@link io.touchstone.chaos.FaultTest#run} gets a
 *       {@link io.touchstone.chaos.Round} (folder, seed, scale, whether the mutant is on) and answers with a
 *       {@link io.touchstone.chaos.Finding}: what was measured, and each invariant with what was seen of it;
 *   <li>put it into the list of {@link io.touchstone.chaos.FaultTests}.
 * </ol>
 *
 * <p>What needs no cluster (a simulation, say) uses nothing else. What does takes an {@link io.touchstone.chaos.site.Ordeal}: a
 * cluster in a folder of its own, under a seeded load, with a reader of the alerts beside it, and in the end the verdict, by a
 * backtest over the very events that were sent. A process is touched only if its command line names that folder.
 *
 * <p>Randomness comes from {@link io.touchstone.chaos.Round#random} alone, so that a seed reproduces a schedule. With
 * {@link io.touchstone.chaos.Round#mutant} a test does the same with its mutant switched on; mutants of the jobs are in
 * {@code io.touchstone.chaos.mutant}, which no production jar has.
 */
package io.touchstone.chaos;
