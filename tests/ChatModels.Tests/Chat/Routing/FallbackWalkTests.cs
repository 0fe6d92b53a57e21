using ChatModels.Chat.Routing;
using ChatModels.Registry;
using ChatModels.Registry.Snapshots;
using Xunit;

namespace ChatModels.Tests.Chat.Routing;

public sealed class FallbackWalkTests
{
    [Fact]
    public void AModelsOwnFallbacks_ComeInTheirOrder_BeforeTheirs()
    {
        var snapshot = Snapshot(("a", ["c", "b"]), ("b", ["e"]), ("c", ["d"]), ("d", []), ("e", []));

        Assert.Equal(["c", "b", "d", "e"], FallbackWalk.After(snapshot.Models["a"], snapshot).Select(m => m.Id));
    }

    [Fact]
    public void ACircle_EndsWhereItBegan()
    {
        var snapshot = Snapshot(("a", ["a", "b"]), ("b", ["c"]), ("c", ["a", "b"]));

        Assert.Equal(["b", "c"], FallbackWalk.After(snapshot.Models["a"], snapshot).Select(m => m.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void HoweverModelsFallBackToEachOther_EveryOneThatCanBeReachedComesOnce(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var names = Enumerable.Range(0, random.Next(1, 12)).Select(i => $"m{i}").ToArray();
            var snapshot = Snapshot([.. names.Select(name => (name, random.GetItems(names, random.Next(0, 5))))]);

            var walked = FallbackWalk.After(snapshot.Models["m0"], snapshot).Select(m => m.Id).ToArray();

            Assert.Equal(walked.Distinct(), walked);
            Assert.Equal(Reachable(snapshot, "m0").Order(), walked.Order());
        }
    }

    private static HashSet<string> Reachable(RegistrySnapshot snapshot, string from)
    {
        HashSet<string> reached = [from];
        while (reached.SelectMany(name => snapshot.Models[name].Config.Fallbacks).Any(reached.Add))
        {
        }

        reached.Remove(from);
        return reached;
    }

    private static RegistrySnapshot Snapshot(params (string Id, string[] Fallbacks)[] models)
    {
        var table = models.ToDictionary(m => m.Id, m => new ModelEntry
        {
            Id = m.Id,
            Config = new ModelConfig { Deployments = [], Fallbacks = m.Fallbacks },
            Tag = default,
            Deployments = [],
        });
        return new RegistrySnapshot(new RegistryHead("e", 1, "s"), [], table, NameIndex.Of(table));
    }
}
