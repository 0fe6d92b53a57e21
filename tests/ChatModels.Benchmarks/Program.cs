using ChatModels.Benchmarks;

if (args is ["simulation", .. var rest])
{
    return await SimulationCommand.RunAsync(rest);
}

Console.Error.WriteLine("The command is: simulation.");
return 2;
