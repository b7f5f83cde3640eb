package io.touchstone.simulation;

import io.touchstone.oracle.QualityOracle.Delivery;
import java.util.List;
import java.util.Random;

/** A job between its inputs and its sinks. */
interface Pipeline extends AutoCloseable {
    /** An event of any topic. A topic of policies would come in here as well. */
    void arrive(Delivery delivery) throws Exception;

    /** Event time reaches an instant, at all subtasks or at just some. */
    void watermark(long instant, boolean all, Random random) throws Exception;

    /** The state of every operator, as of now. */
    List<Subtasks.Saved> snapshot(long checkpoint) throws Exception;

    @Override
    void close() throws Exception;
}
