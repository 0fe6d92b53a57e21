using ChatModels.Registry;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>What a run, or many, went through: an invariant that nothing put to the test proves nothing.</summary>
internal sealed class Coverage
{
    public Tally Faults { get; } = new();

    public Tally Writes { get; } = new();

    public Tally Commits { get; } = new();

    public Tally Hints { get; } = new();

    public Tally Calls { get; } = new();

    public int Steps { get; set; }

    public int Comparisons { get; private set; }

    public int Divergences { get; private set; }

    public int Accepted { get; set; }

    public int LostAnswers { get; set; }

    public int LateCommits { get; set; }

    public TimeSpan Simulated { get; set; }

    public void Compared(RegistryState before, RegistryState now)
    {
        Comparisons++;
        Divergences += now == RegistryState.Diverged && before != now ? 1 : 0;
    }

    public void Add(Coverage other)
    {
        Faults.Add(other.Faults);
        Writes.Add(other.Writes);
        Commits.Add(other.Commits);
        Hints.Add(other.Hints);
        Calls.Add(other.Calls);
        Steps += other.Steps;
        Comparisons += other.Comparisons;
        Divergences += other.Divergences;
        Accepted += other.Accepted;
        LostAnswers += other.LostAnswers;
        LateCommits += other.LateCommits;
        Simulated += other.Simulated;
    }

    public override string ToString() =>
        $"""
        {Steps} steps, {Simulated.TotalHours:F1} simulated hours, {Comparisons} comparisons, {Divergences} divergences, {Accepted} accepted by an operator
        commits: {Commits}; {LostAnswers} answers lost, {LateCommits} applied late
        writes: {Writes}
        hints: {Hints}
        calls: {Calls}
        faults: {Faults}
        """;
}

/// <summary>Counts by name.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public int this[string name] => _counts.GetValueOrDefault(name);

    public void Add(string name, int count = 1) => _counts[name] = this[name] + count;

    public void Add(Tally other)
    {
        foreach (var (name, count) in other._counts)
        {
            Add(name, count);
        }
    }

    public override string ToString() => string.Join(", ", _counts.Select(c => $"{c.Value} {c.Key}"));
}
