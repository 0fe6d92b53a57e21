using System.Globalization;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

public sealed class FaultyFleetTests
{
    // Set CHATMODELS_FLEET_SEEDS for a longer run; a seed that fails, fails every time.
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("CHATMODELS_FLEET_SEEDS") ?? "300", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Fleet_UnderEveryFault_ShowsOnlyWholeRevisionsOfItsHistoryAndConverges()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            await RunAsync(seed, steps: 60);
        }
    }

    private static async Task RunAsync(int seed, int steps)
    {
        await using var fleet = new FaultyFleet(seed);
        try
        {
            for (var i = 0; i < steps; i++)
            {
                await fleet.StepAsync();
            }

            await fleet.SettleAsync();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed} failed: {failure.Message}\n{fleet.Trace}", failure);
        }
    }
}
