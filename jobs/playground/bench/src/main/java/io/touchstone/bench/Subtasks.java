package io.touchstone.bench;

import io.touchstone.bench.Interleaved.Trial;
import java.util.ArrayList;
import java.util.List;

/** What an event costs in one task, two and four; the source has one task throughout, and all share the machine's processors. */
final class Subtasks implements Experiment {
    private static final List<Integer> MORE = List.of(2, 4);

    @Override
    public String name() {
        return "subtasks";
    }

    @Override
    public String does() {
        return "price floor and factory quality in 1, 2 and 4 tasks";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Events events = settings.events();
        List<Trial> trials = new ArrayList<>();
        trials.addAll(trials("price-floor", Contenders.PRICE_FLOOR, events));
        trials.addAll(trials("factory-quality", Contenders.QUALITY, events));
        Interleaved.measure(name(), trials, settings.rounds(), report);
    }

    private static List<Trial> trials(String row, Contender contender, Events events) {
        String one = row + ", 1 task";
        List<Trial> trials = new ArrayList<>();
        trials.add(new Trial(one, contender, events, 1, null));
        for (int tasks : MORE) {
            trials.add(new Trial(row + ", " + tasks + " tasks", contender, events, tasks, one));
        }
        return trials;
    }
}
