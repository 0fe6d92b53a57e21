using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

/// <summary>What every store promises. A derived class says how one is opened; stores opened under one name share their data.</summary>
public abstract partial class RegistryStoreConformance : IAsyncLifetime
{
    private readonly List<IRegistryStore> _opened = [];

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private protected string Name { get; } = SharedStores.UniqueName();

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
        {
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected abstract Task<IRegistryStore> CreateAsync(string name);

    /// <summary>A store with a clock of its own moves it here.</summary>
    private protected virtual Task UntilAsync(Func<CancellationToken, Task<bool>> condition, string awaited) =>
        WaitUntil.TrueAsync(condition, awaited, cancellationToken: Cancel);

    private async Task<IRegistryStore> OpenAsync(string? name = null)
    {
        var store = await CreateAsync(name ?? Name);
        _opened.Add(store);
        return store;
    }

    [Fact]
    public async Task Read_WhenThereIsNoHead_FindsNothing()
    {
        var store = await OpenAsync();

        Assert.Null(await store.ReadHeadAsync(Cancel));
        Assert.Null(await store.ReadAllAsync(Cancel));
        Assert.Null(await store.ReadLogAsync(0, Cancel));
        Assert.Empty(await store.ReadAnnouncementsAsync(Cancel));
    }

    [Fact]
    public async Task Commit_OnAnEmptyStore_IsReadBackWhole()
    {
        var store = await OpenAsync();

        var head = await store.CommittedAsync(null, Provider("openai", "p"), Model("gpt", "m"));

        Assert.Equal(new StoreText($"{head}", "Model gpt=m Provider openai=p", $"{head}"), await (await OpenAsync()).DumpAsync());
    }

    [Fact]
    public async Task Commit_WithoutEntities_IsARevisionToo()
    {
        var store = await OpenAsync();

        var head = await store.CommittedAsync(null);

        Assert.Equal(new StoreText($"{head}", "", $"{head}"), await store.DumpAsync());
    }

    [Fact]
    public async Task Commit_ReplacesAndDeletesOnlyWhatItNames()
    {
        var store = await OpenAsync();
        var first = await store.CommittedAsync(null, Provider("a", "1"), Provider("b", "1"), Model("a", "1"), Model("b", "1"), Model("c", "1"));

        var second = await store.CommittedAsync(first, Provider("b", "2"), Delete(EntityKind.Model, "b"), Delete(EntityKind.Model, "none"), Model("d", "2"));

        Assert.Equal(
            new StoreText($"{second}", "Model a=1 Model c=1 Model d=2 Provider a=1 Provider b=2", $"{first} {second}"),
            await store.DumpAsync());
    }

    [Fact]
    public async Task Commit_ThatNamesAnEntityTwice_KeepsTheLastWord()
    {
        var store = await OpenAsync();

        await store.CommittedAsync(
            null, Model("a", "1"), Model("a", "2"), Model("b", "1"), Delete(EntityKind.Model, "b"), Delete(EntityKind.Model, "c"), Model("c", "3"));

        Assert.Equal("Model a=2 Model c=3", (await store.DumpAsync()).Entities);
    }

    [Fact]
    public async Task Commit_WhenTheHeadHasMoved_IsLostAndChangesNothing()
    {
        var store = await OpenAsync();
        var first = await store.CommittedAsync(null, Model("a", "1"));
        await store.CommittedAsync(first, Model("a", "2"));
        var before = await store.DumpAsync();

        var outcome = await store.SettledAsync(Write(first, Model("a", "3"), Provider("p", "3")));

        Assert.Equal((CommitOutcome.Lost, before), (outcome, await store.DumpAsync()));
    }

    [Fact]
    public async Task Commit_ThatExpectsAnotherHistoryAtTheSameRevision_IsLost()
    {
        var store = await OpenAsync();
        var head = await store.CommittedAsync(null, Model("a", "1"));

        Assert.Equal(CommitOutcome.Lost, await store.SettledAsync(Write(head with { Stamp = "another" })));
        Assert.Equal(CommitOutcome.Lost, await store.SettledAsync(Write(head with { Epoch = "another" })));
        Assert.Equal(head, await store.ReadHeadAsync(Cancel));
    }

    [Fact]
    public async Task Commit_ThatExpectsNoHead_IsLostWhereThereIsOne()
    {
        var store = await OpenAsync();
        await store.CommittedAsync(null, Model("a", "1"));
        var before = await store.DumpAsync();

        var outcome = await store.SettledAsync(Write(null, Model("b", "1")));

        Assert.Equal((CommitOutcome.Lost, before), (outcome, await store.DumpAsync()));
    }

    [Fact]
    public async Task Commit_ThatExpectsAHead_IsLostWhereThereIsNone()
    {
        var store = await OpenAsync();

        var outcome = await store.SettledAsync(Write(After(null), Model("a", "1")));

        Assert.Equal((CommitOutcome.Lost, null), (outcome, await store.ReadHeadAsync(Cancel)));
    }

    [Fact]
    public async Task Commit_WhenItsCallerHasGivenUpBefore_ChangesNothing()
    {
        var store = await OpenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CommitAsync(Write(null), new CancellationToken(canceled: true)));

        Assert.Null(await store.ReadHeadAsync(Cancel));
    }
}
