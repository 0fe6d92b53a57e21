using System.Diagnostics;
using ChatModels.Providers;

namespace ChatModels.Benchmarks.Figures;

/// <summary>Creates providers of the type that real vendors use; nothing is sent.</summary>
internal static class CreateFigure
{
    private const int WarmUp = 500;
    private const int Rounds = 5_000;

    public static async Task<Figure> MeasureAsync()
    {
        var options = new ProviderOptions { Id = "benchmark", Endpoint = new Uri("https://models.example/v1") };
        var services = new ProviderServices(TimeProvider.System);
        var took = new List<double>(Rounds);
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var provider = await ChatProviderTypes.Global.CreateAsync("openai", options, services, CancellationToken.None);
            if (round >= WarmUp)
            {
                took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            await provider.DisposeAsync();
        }

        var samples = new Samples(took);
        return new Figure("create a provider", "p99 <= 1 ms", samples.Told("ms"), samples.At(0.99) <= 1);
    }
}
