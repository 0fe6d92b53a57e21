using ChatModels.Registry;
using ChatModels.Registry.Snapshots;
using Xunit;

namespace ChatModels.Tests.Registry.Snapshots;

public class NameTableTests
{
    // Among them one that is empty, one that begins another, and one of more characters than a char can count.
    private static readonly string[] Names =
        ["", "a", "ab", new string('x', 70_000), "ä", "a\0", .. Enumerable.Range(0, 120).Select(i => $"vendor/model-{i}")];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1_000, 100_000)]
    public void AnyChanges_OfATableWithRoomForAnything_AreThoseOfADictionary(int names, int characters)
    {
        var random = new Random(11);
        var table = new NameTable(names, characters);
        Dictionary<string, ModelEntry> expected = [];
        for (var step = 0; step < 5_000; step++)
        {
            var (name, model) = (Names[random.Next(Names.Length)], Model());
            // Grows for a while, shrinks for a while.
            switch (random.Next(10) + (step / 500 % 2 * 4))
            {
                case < 5:
                    Assert.Equal(expected.TryAdd(name, model), table.TryAdd(name, model));
                    break;
                case < 7:
                    expected[name] = model;
                    table.Set(name, model);
                    break;
                case 7:
                    table = new NameTable(table);
                    break;
                default:
                    expected.Remove(name);
                    table.Remove(name);
                    break;
            }

            AssertSame(expected, table);
        }
    }

    [Fact]
    public void ManyNames_OfWhichSomeHaveTheSameHash_EachHaveTheirOwn()
    {
        // Of 32 bits: among so many, some five pairs are to be expected.
        var models = Enumerable.Range(0, 200_000).ToDictionary(i => $"model-{i}", _ => Model());
        var table = new NameTable(0, 0);
        foreach (var (name, model) in models)
        {
            Assert.True(table.TryAdd(name, model));
        }

        AssertSame(models, table);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public void Copies_ThatAreChanged_LeaveTheOriginalAndEachOtherAsTheyWere(int room)
    {
        var (first, second, third) = (Model(), Model(), Model());
        var original = new NameTable(room, room);
        Array.ForEach(Names[..10], name => original.Set(name, first));

        var (copy, other) = (new NameTable(original), new NameTable(original));
        copy.Remove(Names[0]);
        Array.ForEach(Names[5..20], name => copy.Set(name, second));
        Array.ForEach(Names[20..40], name => other.Set(name, third));

        AssertSame(Names[..10].ToDictionary(name => name, _ => first), original);
        AssertSame(Names[1..20].ToDictionary(name => name, name => Array.IndexOf(Names, name) < 5 ? first : second), copy);
        AssertSame(Names[..10].Concat(Names[20..40]).ToDictionary(name => name, name => Array.IndexOf(Names, name) < 10 ? first : third), other);
    }

    private static void AssertSame(Dictionary<string, ModelEntry> expected, NameTable table)
    {
        Assert.Equal(expected.Count, table.Count);
        foreach (var name in expected.Keys.Union(Names))
        {
            Assert.Equal(expected.TryGetValue(name, out var model), table.TryGet(name, out var found));
            Assert.Same(model, found);
        }
    }

    private static ModelEntry Model() => new() { Id = "model", Config = Sample.Model, Tag = new EntityTag(1, "s"), Deployments = [] };
}
