Console.Error.WriteLine("usage: Helpdesk.Benchmarks NAME…  (see docs/performance.md)");
return 2;
