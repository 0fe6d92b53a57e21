using ChatModels.Registry.Stores;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public abstract partial class RegistryStoreConformance
{
    [Fact]
    public async Task Values_MayBeAnyBytesOfAnySize()
    {
        var store = await OpenAsync();
        byte[] every = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var large = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(large);
        StoredEntity[] entities =
        [
            new(EntityKind.Model, "every", every), new(EntityKind.Model, "large", large), new(EntityKind.Provider, "none", ReadOnlyMemory<byte>.Empty),
        ];
        var next = After(null);

        var outcome = await store.SettledAsync(new StoreCommit(null, next, entities, every));

        Assert.Equal(CommitOutcome.Committed, outcome);
        var read = (await store.ReadAllAsync(Cancel))!.Entities.ToDictionary(e => e.Id, e => e.Json!.Value.ToArray());
        Assert.Equal(every, read["every"]);
        Assert.Equal(large, read["large"]);
        Assert.Equal([], read["none"]);
        Assert.Equal(every, Assert.Single((await store.ReadLogAsync(0, Cancel))!.Entries).ToArray());
    }

    [Theory]
    [InlineData("meta-llama/Llama-3.1-8B-Instruct")]
    [InlineData("azure/*")]
    [InlineData("a:b@c+d")]
    [InlineData("42")]
    [InlineData("GPT")]
    public async Task Ids_AreKeptAsTheyAre(string id)
    {
        var store = await OpenAsync();

        await store.CommittedAsync(null, Model(id, "1"), Model("gpt", "2"));

        var entities = (await store.ReadAllAsync(Cancel))!.Entities;
        Assert.Equal(new Dictionary<string, string> { [id] = "1", ["gpt"] = "2" }, entities.ToDictionary(e => e.Id, e => Text(e.Json!.Value)));
    }

    [Fact]
    public async Task Installations_OnOneServer_DoNotSeeEachOther()
    {
        var staging = await OpenAsync(Name + ".staging");
        var production = await OpenAsync(Name + ".production");

        await staging.CommittedAsync(null, Model("a", "1"));
        await staging.AnnounceAsync("api", Bytes("here"), TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal(new StoreText("", "", ""), await production.DumpAsync());
        Assert.Empty(await production.ReadAnnouncementsAsync(Cancel));
        await production.CommittedAsync(null, Model("b", "1"));
        Assert.Equal("Model a=1", (await staging.DumpAsync()).Entities);
    }
}
