package io.touchstone.chaos;

import io.touchstone.chaos.faults.BrokerOutages;
import io.touchstone.chaos.faults.Contention;
import io.touchstone.chaos.faults.DatabaseOutages;
import io.touchstone.chaos.faults.FuzzedInputs;
import io.touchstone.chaos.faults.HotKey;
import io.touchstone.chaos.faults.JobManagerKills;
import io.touchstone.chaos.faults.LongRun;
import io.touchstone.chaos.faults.LostInputs;
import io.touchstone.chaos.faults.MemoryLimit;
import io.touchstone.chaos.faults.MixedFaults;
import io.touchstone.chaos.faults.OrdersOfArrival;
import io.touchstone.chaos.faults.PoisonStorm;
import io.touchstone.chaos.faults.PolicyReloads;
import io.touchstone.chaos.faults.Rescales;
import io.touchstone.chaos.faults.SecretsAndSurface;
import io.touchstone.chaos.faults.SilentLoss;
import io.touchstone.chaos.faults.SimulatedRuns;
import io.touchstone.chaos.faults.TaskManagerStorm;
import io.touchstone.chaos.faults.TimeAttack;
import io.touchstone.chaos.faults.Zombies;
import java.util.List;

/** Every test there is, in the order of the plan. */
final class FaultTests {
    static final List<FaultTest> ALL = List.of(
            new TaskManagerStorm(),
            new JobManagerKills(),
            new MixedFaults(),
            new Zombies(),
            new BrokerOutages(),
            new DatabaseOutages(),
            new Contention(),
            new SilentLoss(),
            new Rescales(),
            new PoisonStorm(),
            new FuzzedInputs(),
            new OrdersOfArrival(),
            new TimeAttack(),
            new HotKey(),
            new LongRun(),
            new MemoryLimit(),
            new PolicyReloads(),
            new LostInputs(),
            new SimulatedRuns(),
            new SecretsAndSurface());

    /** What the plan wants a release to pass. */
    static final List<String> GATE =
            List.of("R01", "R02", "R04", "R06", "R08", "R10", "R12", "R14", "R16", "R19", "R21", "R27", "R29");

    private FaultTests() {}

    static List<String> ids() {
        return ALL.stream().map(test -> test.description().id()).toList();
    }
}
