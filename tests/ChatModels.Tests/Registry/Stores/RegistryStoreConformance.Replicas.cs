using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public abstract partial class RegistryStoreConformance
{
    [Fact]
    public async Task Announcements_AreReadByOthers_TheLastWordOfEach()
    {
        var store = await OpenAsync();

        await store.AnnounceAsync("api-1", Bytes("old"), TimeSpan.FromMinutes(1), Cancel);
        await store.AnnounceAsync("api-1", Bytes("new"), TimeSpan.FromMinutes(1), Cancel);
        await store.AnnounceAsync("worker-1", Bytes("here"), TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal(["here", "new"], await AnnouncedAsync(await OpenAsync()));
    }

    [Fact]
    public async Task Announcements_AreGoneWhenTheirLifetimeIsOver()
    {
        var store = await OpenAsync();
        await store.AnnounceAsync("brief", Bytes("brief"), TimeSpan.FromMilliseconds(300), Cancel);
        await store.AnnounceAsync("long", Bytes("long"), TimeSpan.FromMinutes(1), Cancel);
        await store.AnnounceAsync("renewed", Bytes("1"), TimeSpan.FromMilliseconds(300), Cancel);
        await store.AnnounceAsync("renewed", Bytes("2"), TimeSpan.FromMinutes(1), Cancel);

        await UntilAsync(async _ => await AnnouncedAsync(store) is ["2", "long"], "the end of the brief announcement");

        await store.AnnounceAsync("brief", Bytes("again"), TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(["2", "again", "long"], await AnnouncedAsync(store));
    }

    [Fact]
    public async Task Announcements_CanBeTakenBack()
    {
        var store = await OpenAsync();
        await store.AnnounceAsync("a", Bytes("a"), TimeSpan.FromMinutes(1), Cancel);
        await store.AnnounceAsync("b", Bytes("b"), TimeSpan.FromMinutes(1), Cancel);

        await store.WithdrawAsync("a", Cancel);
        await store.WithdrawAsync("never there", Cancel);

        Assert.Equal(["b"], await AnnouncedAsync(store));
    }

    [Fact]
    public async Task Hint_OfACommit_ReachesAnotherStore()
    {
        var writer = await OpenAsync();
        var reader = await OpenAsync();
        var hints = 0;
        reader.Hinted += () => Interlocked.Increment(ref hints);
        RegistryHead? head = null;

        // A subscription raises hints of its own, and a hint may be lost while it is being made: so until one follows a commit closely enough.
        await UntilAsync(async _ =>
        {
            var before = Volatile.Read(ref hints);
            head = await writer.CommittedAsync(head);
            for (var look = 0; look < 100 && Volatile.Read(ref hints) == before; look++)
            {
                await reader.ReadHeadAsync(Cancel);
            }

            return Volatile.Read(ref hints) > before;
        }, "a hint of a commit");
        Assert.NotNull(head);
    }

    private static async Task<string[]> AnnouncedAsync(IRegistryStore store) =>
        [.. (await store.ReadAnnouncementsAsync(Cancel)).Select(Text).Order(StringComparer.Ordinal)];
}
