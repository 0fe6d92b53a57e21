namespace ChatModels.Tests.Registry.Simulation;

/// <summary>Hints on their way: lost, doubled, late and in any order.</summary>
internal sealed class Hints(Random random, Action<string> say)
{
    private readonly List<SimulatedReplica> _underWay = [];
    private readonly double _lossRate = random.Next(4) switch { 0 => 1, 1 => 0, _ => random.NextDouble() };

    /// <summary>None arrives any more.</summary>
    public bool AreAllLost { get; set; }

    public void Publish(IEnumerable<SimulatedReplica> to)
    {
        foreach (var replica in to)
        {
            var copies = random.NextDouble() < _lossRate ? 0 : random.Next(5) == 0 ? 2 : 1;
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

        var replica = _underWay[random.Next(_underWay.Count)];
        _underWay.Remove(replica);
        if (!replica.IsDead)
        {
            say($"{replica.Name} gets a hint");
            replica.Store.Hint();
        }

        return true;
    }
}
