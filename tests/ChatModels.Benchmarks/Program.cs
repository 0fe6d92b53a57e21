return args is ["simulation", .. var rest] ? await ChatModels.Benchmarks.SimulationCommand.RunAsync(rest) : throw new ArgumentException("The command is: simulation.");
