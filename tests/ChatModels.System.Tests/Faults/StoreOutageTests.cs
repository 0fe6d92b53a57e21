using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>The store goes away and comes back with everything it had acknowledged.</summary>
[Trait("Requirement", "FR-020")]
[Trait("Requirement", "NFR-010")]
public sealed class StoreOutageTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task StoreKilled_LosesNoAcknowledgedWrite_AndTheFleetConverges(StoreKind kind)
    {
        await using var fleet = await FleetUnderLoad.StartAsync(kind);
        await fleet.UntilWritesAreAcknowledgedAsync(10);

        await fleet.Store.KillAsync();
        await fleet.UntilWritesAreRefusedAsync(5);
        await fleet.Store.BootAsync(Cancelled);

        await fleet.UntilWritesAreAcknowledgedAsync(10);
        await ConvergesWithoutLossAsync(fleet);
        await fleet.EndAsync();
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task StoreHung_LosesNoAcknowledgedWrite_AndTheFleetConverges(StoreKind kind)
    {
        await using var fleet = await FleetUnderLoad.StartAsync(kind);
        await fleet.UntilWritesAreAcknowledgedAsync(10);

        await fleet.Store.PauseAsync();
        await fleet.UntilWritesAreRefusedAsync(5);
        await fleet.Store.ResumeAsync();

        await fleet.UntilWritesAreAcknowledgedAsync(10);
        await ConvergesWithoutLossAsync(fleet);
        await fleet.EndAsync();
    }

    private static async Task ConvergesWithoutLossAsync(FleetUnderLoad fleet)
    {
        await fleet.StopWritingAsync();
        await fleet.UntilAsync(all => all.All(s => s.IsLive && s.Head == all[0].Head), "one head on every replica");
        foreach (var replica in fleet.Replicas)
        {
            var served = await replica.WrittenModelsAsync(Cancelled);
            Assert.Empty(fleet.Writers.SelectMany(writer => writer.Contradictions(served)));
        }
    }
}
