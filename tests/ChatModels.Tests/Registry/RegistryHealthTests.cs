using ChatModels.Registry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace ChatModels.Tests.Registry;

[Trait("Requirement", "FR-015")]
[Trait("Requirement", "NFR-009")]
public sealed class RegistryHealthTests : StoreTest
{
    [Fact]
    public async Task Health_BeforeTheFirstSnapshot_IsUnhealthy()
    {
        using var replica = new TestReplica(Store, Time);

        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(replica));
    }

    [Fact]
    public async Task Health_OnceLoaded_IsHealthyAndNeverLessThanDegradedAgain()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(replica));
        Store.Down = true;
        await replica.RefreshAsync();
        Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(HealthStatus.Degraded, await CheckAsync(replica));
    }

    [Fact]
    public async Task Health_Diverged_IsDegraded()
    {
        using var replica = await TestReplica.LoadedAsync(Store, Time);
        Store.Wipe();
        using var other = await TestReplica.LoadedAsync(Store, Time, chance: 2);
        await replica.RefreshAsync();

        Assert.Equal(HealthStatus.Degraded, await CheckAsync(replica));
    }

    private static async Task<HealthStatus> CheckAsync(TestReplica replica) =>
        (await new RegistryHealthCheck(replica.State).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;
}
