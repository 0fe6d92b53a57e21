using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

[Trait("Requirement", "FR-005")]
public sealed class WriteRaceTests : StoreTest
{
    [Fact]
    public async Task Put_LosesARace_RepeatsOnTheNewHead()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var raced = false;
        Store.OnCommit = async _ =>
        {
            if (!raced)
            {
                raced = true;
                await other.PutAsync("theirs", Sample.Provider);
            }

            return null;
        };

        var result = await AdvancingAsync(replica.PutAsync("mine", Sample.Provider), TimeSpan.FromMilliseconds(5));

        Assert.Null(result.Failure);
        Assert.Equal(3, result.Head!.Revision);
        Assert.Equal(["mine", "theirs"], replica.Current.Providers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Put_LosesARaceThatMakesItWrong_IsRefused()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        await replica.PutAsync("echo", Sample.Provider);
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        var raced = false;
        Store.OnCommit = async _ =>
        {
            if (!raced)
            {
                raced = true;
                await other.DeleteProviderAsync("echo");
            }

            return null;
        };

        var result = await AdvancingAsync(replica.PutAsync("one", Sample.Model), TimeSpan.FromMilliseconds(5));

        Assert.Equal(ErrorCodes.ValidationFailed, result.Failure!.Code);
    }

    [Fact]
    public async Task Put_AlwaysLoses_IsBusyAfterABoundedNumberOfAttempts()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        var commits = Store.Commits.Count;
        Store.OnCommit = _ => Task.FromResult<CommitOutcome?>(CommitOutcome.Lost);

        var result = await AdvancingAsync(replica.PutAsync("echo", Sample.Provider), TimeSpan.FromMilliseconds(5));

        Assert.Equal(ErrorCodes.RegistryBusy, result.Failure!.Code);
        Assert.Equal(16, Store.Commits.Count - commits);
    }

    /// <summary>Lets the clock run in small steps until the write has its answer.</summary>
    private async Task<RegistryResult> AdvancingAsync(Task<RegistryResult> write, TimeSpan step)
    {
        await WaitUntil.TrueAsync(
            () =>
            {
                Time.Advance(write.IsCompleted ? TimeSpan.Zero : step);
                return write.IsCompleted;
            },
            "the write's answer",
            cancellationToken: TestContext.Current.CancellationToken);
        return await write;
    }
}
