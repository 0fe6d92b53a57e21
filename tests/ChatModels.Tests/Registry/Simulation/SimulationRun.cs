namespace ChatModels.Tests.Registry.Simulation;

/// <summary>Runs seeds, and tells of one that fails how to see it again.</summary>
internal static class SimulationRun
{
    /// <summary>Runs one seed. Returns why it failed, with its numbered steps; null when everything held.</summary>
    public static string? Failure(int seed, Coverage seen)
    {
        if (Violation(seed, null, seen) is not { } violation)
        {
            return null;
        }

        // The same again, now with its trace.
        var trace = new List<string>();
        var again = Violation(seed, trace.Add, new Coverage());
        return $"Seed {seed}: {violation}{(again == violation ? "" : $" (but when it was run again: {again})")}\n{string.Join('\n', trace)}";
    }

    /// <summary>Runs one seed; null when everything held.</summary>
    public static string? Violation(int seed, Action<string>? trace, Coverage seen)
    {
        using var simulation = new Simulation(seed, trace);
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
