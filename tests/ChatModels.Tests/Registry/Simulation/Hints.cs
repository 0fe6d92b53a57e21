namespace ChatModels.Tests.Registry.Simulation;

/// <summary>Hints on their way: lost, doubled, late and in any order.</summary>
internal sealed class Hints(Random random, Action<string> say)
{
    private readonly List<SimulatedReplica> _underWay = [];
    private readonly double _lossRate = random.Next(4) switch { 0 => 1, 1 => 0, _ => random.NextDouble() };

    /// <summary>None arrives any more.</summary>
    public bool AreAllLost { get; set; }

    /// <summary>What became of them.</summary>
    public Tally Seen { get; } = new();

    public void Publish(IEnumerable<SimulatedReplica> to)
    {
        foreach (var replica in to)
        {
            var copies = random.NextDouble() < _lossRate ? 0 : random.Next(5) == 0 ? 2 : 1;
            Seen.Add(copies switch { 0 => "lost", 1 => "sent", _ => "doubled" });
            for (var i = 0; i < copies; i++)
            {
                _underWay.Add(replica);
            }
        }
    }

    public bool DeliverOne()
    {
        if (AreAllLost)
        {
            _underWay.Clear();
        }

        if (_underWay.Count == 0)
        {
            return false;
        }

        var next = random.Next(_underWay.Count);
        var replica = _underWay[next];
        Seen.Add(next > 0 ? "before an older one" : "in order");
        _underWay.Remove(replica);
        if (!replica.IsDead)
        {
            say($"{replica.Name} gets a hint");
            replica.Store.Hint();
        }

        return true;
    }
}
