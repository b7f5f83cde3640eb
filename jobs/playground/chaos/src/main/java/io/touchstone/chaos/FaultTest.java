package io.touchstone.chaos;

/** A fault that the jobs must survive, what must hold all the same, and how to see it. */
public interface FaultTest {
    /** What it is. */
    Description description();

    /**
     * Does it, in under ten minutes at full scale.
     *
     * @return what was measured, and whether the invariant held; with {@link Round#mutant} it must not hold
     * @throws Exception if nothing can be said about the invariant, because the test itself could not be done
     */
    Finding run(Round round) throws Exception;

    /**
     * What a test is, as the table says it.
     *
     * @param id as in the plan: R01
     * @param fault what is done to the jobs
     * @param invariant what must hold all the same
     * @param target the figures that are promised
     * @param mutant the change of behaviour that the test has to catch
     * @param minutes at full scale, on two cores
     * @param gate whether a release has to pass it
     */
    record Description(
            String id, String fault, String invariant, String target, String mutant, int minutes, boolean gate) {}
}
