using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public abstract partial class RegistryStoreConformance
{
    [Fact]
    public async Task Log_IsInOrderAndBeginsAfterTheRevisionAskedFor()
    {
        var store = await OpenAsync();
        List<RegistryHead> heads = [await store.CommittedAsync(null)];
        for (var i = 1; i < 12; i++)
        {
            heads.Add(await store.CommittedAsync(heads[^1], Model("m", $"{i}")));
        }

        foreach (var after in new[] { 0, 1, 8, 11, 12, 99 })
        {
            var log = await store.ReadLogAsync(after, Cancel);
            Assert.Equal(heads[^1], log!.Head);
            Assert.Equal(heads.Skip(after).Select(h => h.ToString()), log.Entries.Select(Text));
        }
    }

    [Fact]
    public async Task Log_KeepsEntriesThatAreAlikeApart()
    {
        var store = await OpenAsync();
        var first = After(null);
        var second = After(first);

        await store.SettledAsync(new StoreCommit(null, first, [], Bytes("same")));
        await store.SettledAsync(new StoreCommit(first, second, [], Bytes("same")));

        Assert.Equal(["same", "same"], (await store.ReadLogAsync(0, Cancel))!.Entries.Select(Text));
    }

    [Fact]
    public async Task Log_KeepsTheLastThousandEntries()
    {
        var store = await OpenAsync();
        List<RegistryHead> heads = [await store.CommittedAsync(null)];
        while (heads.Count < 1_003)
        {
            heads.Add(await store.CommittedAsync(heads[^1]));
        }

        var log = await store.ReadLogAsync(0, Cancel);

        Assert.Equal(heads.TakeLast(1_000).Select(h => h.ToString()), log!.Entries.Select(Text));
    }

    [Fact]
    public async Task Log_KeepsSixteenMegabytes()
    {
        var store = await OpenAsync();
        RegistryHead? head = null;
        byte[][] entries = [.. Enumerable.Range(0, 24).Select(i => Entry(i, megabyte: i is 20 ? 3 : 1))];
        foreach (var entry in entries)
        {
            var next = After(head);
            Assert.Equal(CommitOutcome.Committed, await store.SettledAsync(new StoreCommit(head, next, [], entry)));
            head = next;
        }

        var log = await store.ReadLogAsync(0, Cancel);

        // Entry 20 has three megabytes, so that the newest 14 fill the bound to the byte.
        Assert.Equal(entries.TakeLast(14).Select(e => (e[0], e.Length)), log!.Entries.Select(e => (e.Span[0], e.Length)));

        static byte[] Entry(int number, int megabyte)
        {
            var entry = new byte[megabyte * 1024 * 1024];
            entry[0] = (byte)number;
            return entry;
        }
    }
}
