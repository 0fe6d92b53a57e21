using System.Collections.Concurrent;
using System.Globalization;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public abstract partial class RegistryStoreConformance
{
    [Fact]
    public async Task Commit_OfTwoRacingOnAnEmptyStore_ExactlyOneWins()
    {
        for (var round = 0; round < 10; round++)
        {
            var one = await OpenAsync($"{Name}.{round}");
            var two = await OpenAsync($"{Name}.{round}");
            StoreCommit[] commits = [Write(null, Model("one", "1")), Write(null, Model("two", "2"))];

            var outcomes = await Task.WhenAll(one.SettledAsync(commits[0]), two.SettledAsync(commits[1]));

            Assert.Equal([CommitOutcome.Committed, CommitOutcome.Lost], outcomes.Order());
            var winner = commits[Array.IndexOf(outcomes, CommitOutcome.Committed)];
            var change = Assert.Single(winner.Changes);
            Assert.Equal(new StoreText($"{winner.Next}", $"Model {change.Id}={Text(change.Json!.Value)}", $"{winner.Next}"), await one.DumpAsync());
        }
    }

    [Fact]
    public async Task Commit_WhenManyRaceFromSeveralStores_TheAcknowledgedOnesAreExactlyTheLog()
    {
        var stores = await Task.WhenAll(OpenAsync(), OpenAsync(), OpenAsync());
        await stores[0].CommittedAsync(null);
        var acknowledged = new ConcurrentBag<RegistryHead>();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(() => InsistAsync(stores[writer % stores.Length], writer, acknowledged))));

        var log = (await stores[0].ReadLogAsync(1, Cancel))!;
        Assert.Equal(Enumerable.Range(2, 32).Select(r => (long)r), acknowledged.Select(h => h.Revision).Order());
        Assert.Equal(acknowledged.OrderBy(h => h.Revision).Select(h => h.ToString()), log.Entries.Select(Text));
        Assert.Equal(32, (await stores[1].ReadAllAsync(Cancel))!.Entities.Count);
    }

    [Fact]
    public async Task ReadAll_WhileAWriterRuns_NeverMixesRevisions()
    {
        var writer = await OpenAsync();
        var readers = await Task.WhenAll(OpenAsync(), OpenAsync(), OpenAsync());
        var head = await writer.CommittedAsync(null, OfRevision(1));
        var seen = new ConcurrentDictionary<long, bool>();
        var writing = Task.Run(async () =>
        {
            // Until the readers have seen enough, or the log would lose its beginning.
            for (var revision = 2; revision <= 900 && seen.Count < 300; revision++)
            {
                head = await writer.CommittedAsync(head, OfRevision(revision));
            }
        }, Cancel);

        await Task.WhenAll([writing, .. readers.Select(reader => Task.Run(() => LookAsync(reader, writing, seen)))]);
        Assert.True(seen.Count > 1, $"The readers saw only {seen.Count} revision(s) while the writer ran.");

        static StoredEntity[] OfRevision(int revision) =>
            [.. Enumerable.Range(0, 20).SelectMany(i => new[] { Provider($"p{i}", $"{revision}"), Model($"m{i}", $"{revision}") })];
    }

    private static async Task LookAsync(IRegistryStore reader, Task writing, ConcurrentDictionary<long, bool> seen)
    {
        while (!writing.IsCompleted)
        {
            var image = (await reader.ReadAllAsync(Cancel))!;
            Assert.All(image.Entities, entity => Assert.Equal(image.Head.Revision.ToString(CultureInfo.InvariantCulture), Text(entity.Json!.Value)));
            var log = (await reader.ReadLogAsync(image.Head.Revision - 1, Cancel))!;
            Assert.Equal((log.Head.Revision - image.Head.Revision + 1, log.Head.ToString()), (log.Entries.Count, Text(log.Entries[^1])));
            seen.TryAdd(image.Head.Revision, true);
        }
    }

    private static async Task InsistAsync(IRegistryStore store, int writer, ConcurrentBag<RegistryHead> acknowledged)
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            var commit = Write(await store.ReadHeadAsync(Cancel), Model($"m{writer}", "1"));
            if (await store.SettledAsync(commit) is CommitOutcome.Committed)
            {
                acknowledged.Add(commit.Next);
                return;
            }
        }

        Assert.Fail($"Writer {writer} lost 500 times.");
    }
}
