package io.touchstone.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What something took, in nanoseconds: CPU time of the whole process, collector and compiler included, and wall time. */
record Cost(long cpu, long wall) {
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Something to do that has its price. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Of work in this process. */
    static Cost of(Work work) throws Exception {
        System.gc();
        long cpu = MACHINE.getProcessCpuTime();
        long wall = System.nanoTime();
        work.run();
        return new Cost(MACHINE.getProcessCpuTime() - cpu, System.nanoTime() - wall);
    }
}
