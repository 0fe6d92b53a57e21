using ChatModels.Registry;
using ChatModels.Registry.Disk;
using ChatModels.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Tests.Registry.Disk;

public sealed class LastKnownGoodTests : StoreTest
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chatmodels-").FullName;

    private string FilePath => Path.Combine(_directory, "deeper", "registry.json");

    public override async ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Start_WhileTheStoreIsDown_ServesTheFileAsStaleUntilTheStoreConfirmsIt()
    {
        var head = await KeepAsync();
        var reads = Store.FullReads;
        Store.Down = true;
        using var replica = new TestReplica(Store, Time, chance: 2);
        using var disk = await StartAsync(replica);
        await replica.RefreshAsync();

        Assert.Equal((head, RegistryState.Stale), (replica.Current.Head, replica.Registry.Status.State));
        Assert.Null(replica.Current.Models["one"].Unusable);

        Store.Down = false;
        await replica.RefreshAsync();
        Assert.Equal((head, RegistryState.Live), (replica.Current.Head, replica.Registry.Status.State));
        Assert.Equal(reads, Store.FullReads);
        await disk.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_FromAFileOfAnotherHistory_DivergesByTheStampWhateverTheRevision()
    {
        var head = await KeepAsync();
        await Store.FallBackToAsync(commits: 2);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 3);
        for (var i = 0; i < 3; i++)
        {
            await other.PutAsync($"other{i}", Sample.Model);
        }

        using var replica = new TestReplica(Store, Time, chance: 2);
        using var disk = await StartAsync(replica);
        await replica.RefreshAsync();

        Assert.True(other.Current.Head!.Revision > head.Revision);
        Assert.Equal((head, RegistryState.Diverged), (replica.Current.Head, replica.Registry.Status.State));
        await disk.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_FromAFileThatIsBehind_FollowsTheLog()
    {
        await KeepAsync();
        using var writer = await TestReplica.LoadedAsync(Store, Time, chance: 3);
        await writer.PutAsync("two", Sample.Model);
        var reads = Store.FullReads;
        using var replica = new TestReplica(Store, Time, chance: 2);
        using var disk = await StartAsync(replica);

        await replica.RefreshAsync();

        Assert.Equal(writer.Current.Head, replica.Current.Head);
        Assert.Equal(reads, Store.FullReads);
        await disk.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_FromAFileBesideAnEmptyStore_LetsThoseRestoreFirstThatTheStoreHasConfirmed()
    {
        var head = await KeepAsync();
        Store.Wipe();
        using var replica = new TestReplica(Store, Time, new RegistryOptions(), chance: 2);
        using var disk = await StartAsync(replica);
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromSeconds(5));
        await replica.RefreshAsync();
        Assert.Equal(head, replica.Current.Head);

        Time.Advance(TimeSpan.FromSeconds(5));
        await replica.RefreshAsync();

        Assert.Equal((head.Epoch, head.Revision + 1, RegistryState.Live), (replica.Current.Head!.Epoch, replica.Current.Head.Revision, replica.Registry.Status.State));
        await disk.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("another head")]
    [InlineData("empty")]
    [InlineData("foreign")]
    public async Task Start_FromADamagedFile_SaysSoOnceAndServesNothing(string damage)
    {
        await KeepAsync();
        var bytes = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(FilePath, Damaged(bytes, damage), TestContext.Current.CancellationToken);
        Store.Down = true;
        using var replica = new TestReplica(Store, Time, chance: 2);
        using var disk = await StartAsync(replica);

        Assert.Null(replica.Current.Head);
        var line = Assert.Single(replica.Logs.GetSnapshot(), r => r.Message.Contains("is ignored", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
        await disk.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Changes_InABurst_AreWrittenTogetherAndLeaveNothingBehind()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var disk = await StartAsync(replica);
        await replica.PutAsync("echo", Sample.Provider);
        await WaitUntil.TrueAsync(() => File.Exists(FilePath), "the first write", cancellationToken: TestContext.Current.CancellationToken);
        var first = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        for (var i = 0; i < 20; i++)
        {
            await replica.PutAsync($"m{i}", Sample.Model);
        }

        Assert.Equal(first, await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken));
        await WaitUntil.TrueAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return LastGoodFile.Decode(File.ReadAllBytes(FilePath)).Head == replica.Current.Head;
            },
            "the burst in the file",
            cancellationToken: TestContext.Current.CancellationToken);
        await disk.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal([FilePath], Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task Write_WhereNoneIsPossible_IsToldOnceAndHarmsNobody()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "deeper"), "in the way", TestContext.Current.CancellationToken);
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var disk = await StartAsync(replica);

        await replica.PutAsync("echo", Sample.Provider);
        await WaitUntil.TrueAsync(() => Told(replica) == 1, "the warning", cancellationToken: TestContext.Current.CancellationToken);
        await disk.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, Told(replica));
        Assert.Equal(RegistryState.Live, replica.Registry.Status.State);
    }

    private static int Told(TestReplica replica) => replica.Logs.GetSnapshot().Count(r => r.Message.Contains("could not be written", StringComparison.Ordinal));

    private static byte[] Damaged(byte[] bytes, string damage)
    {
        switch (damage)
        {
            case "cut":
                return bytes[..^10];
            case "flipped":
                bytes[^20] ^= 1;
                return bytes;
            case "another head":
                var text = System.Text.Encoding.UTF8.GetString(bytes);
                return System.Text.Encoding.UTF8.GetBytes(text.Replace(":3:", ":4:", StringComparison.Ordinal));
            case "empty":
                return [];
            default:
                return "{}"u8.ToArray();
        }
    }

    /// <summary>A file with the registry at revision 3: provider echo, model one.</summary>
    private async Task<RegistryHead> KeepAsync()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var disk = await StartAsync(replica);
        await replica.PutAsync("echo", Sample.Provider);
        await replica.PutAsync("one", Sample.Model);
        await disk.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, replica.Current.Head!.Revision);
        return replica.Current.Head;
    }

    private async Task<LastKnownGood> StartAsync(TestReplica replica)
    {
        var options = Options.Create(new RegistryOptions { LastKnownGood = FilePath });
        var disk = new LastKnownGood(replica.State, replica.Synchronizer, replica.Builder, options, replica.Steady, Time, new FakeLogger<LastKnownGood>(replica.Logs));
        await disk.StartAsync(TestContext.Current.CancellationToken);
        return disk;
    }
}
