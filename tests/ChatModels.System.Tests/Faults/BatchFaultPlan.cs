namespace ChatModels.System.Tests.Faults;

/// <summary>What is done to a batch, and when: everything follows from one seed, which <c>CHATMODELS_SEED</c> gives.</summary>
/// <param name="seed">The seed.</param>
internal sealed class BatchFaultPlan(int seed)
{
    private const int Kills = 3;
    private const int Pauses = 4;

    // What only a worker says that brings a batch to its end, in this order: that there is an output file, that there is an error file, that all is done.
    private static readonly string[] LastWords = ["_output.jsonl", "_errors.jsonl", "$5\r\nended\r\n"];

    private readonly Random _random = new(seed);

    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("CHATMODELS_SEED"), out var seed) ? seed : Random.Shared.Next();

    /// <summary>While lines are run: the shares of them that have been asked for when something is done, and what.</summary>
    public IReadOnlyList<(double At, BatchFault Fault)> WhileRunning()
    {
        List<(double At, BatchFault Fault)> steps = [(Between(0.2, 0.7), BatchFault.RestartStore)];
        steps.AddRange(Enumerable.Range(0, Kills).Select(_ => (Between(0.03, 0.97), BatchFault.Kill)));
        for (var pause = 0; pause < Pauses; pause++)
        {
            // One at a time, each in a stretch of its own: shorter than a claim, or longer.
            var (from, to) = ((0.05 + pause) / Pauses, (0.95 + pause) / Pauses);
            double[] ends = [Between(from, to), Between(from, to)];
            steps.Add((ends.Min(), BatchFault.Pause));
            steps.Add((ends.Max(), BatchFault.Continue));
        }

        return [.. steps.OrderBy(step => step.At)];
    }

    /// <summary>The points of the batch's last moments at which whoever has come so far is caught, one after the other.</summary>
    public IReadOnlyList<string> WhileFinishing()
    {
        var points = LastWords.ToArray();
        _random.Shuffle(points);
        return points;
    }

    public int Choose(int count) => _random.Next(count);

    private double Between(double least, double most) => least + (_random.NextDouble() * (most - least));
}

internal enum BatchFault
{
    /// <summary>SIGKILL for a worker; another one starts.</summary>
    Kill,

    /// <summary>SIGSTOP for a worker.</summary>
    Pause,

    /// <summary>SIGCONT for that worker.</summary>
    Continue,

    /// <summary>SIGKILL for the store, which starts again with what it had on disk.</summary>
    RestartStore,
}
