using ChatModels.Tests.Registry.Simulation;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>Runs seeds, and tells of one that fails how to see it again.</summary>
internal static class BatchSimulationRun
{
    private const int ShownSteps = 400;

    /// <summary>Runs one seed. Returns why it failed, with its last steps; null when everything held.</summary>
    public static string? Failure(int seed, BatchCoverage seen)
    {
        if (Violation(seed, null, seen) is not { } violation)
        {
            return null;
        }

        var trace = new List<string>();
        Violation(seed, trace.Add, new BatchCoverage());
        return $"Seed {seed}: {violation}\n{string.Join('\n', trace.TakeLast(ShownSteps))}";
    }

    /// <summary>Runs one seed; null when everything held.</summary>
    public static string? Violation(int seed, Action<string>? trace, BatchCoverage seen)
    {
        var simulation = new BatchSimulation(seed, trace);
        try
        {
            simulation.Run();
            return null;
        }
        catch (SimulationViolationException violation)
        {
            return violation.Message;
        }
        catch (Exception defect)
        {
            // Whatever it is, it was thrown on the simulation's thread: by production code or by what it wrote.
            return defect.ToString();
        }
        finally
        {
            seen.Add(simulation.Seen);
        }
    }
}
